package io.migrationmonkey.migrator.packages;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Which packages stay where they are.
 *
 * @param leaveOut patterns of package names, with {@code *} and {@code ?}; by default what belongs
 *     to the machine rather than to the application: kernel, boot loader, firmware, the tools of
 *     its hypervisor or cloud, and its network
 */
@ConfigurationProperties("monkey.packages")
public record PackageSettings(List<String> leaveOut) {

  private static final Pattern ALLOWED = Pattern.compile("[a-z0-9+.*?-]+");

  private static final List<String> HOST_BOUND =
      List.of(
          "linux-image-*",
          "linux-headers-*",
          "linux-modules-*",
          "linux-kbuild-*",
          "grub*",
          "shim-*",
          "efibootmgr",
          "firmware-*",
          "*-microcode",
          "initramfs-tools*",
          "dracut*",
          "cloud-init*",
          "cloud-initramfs-*",
          "cloud-guest-utils",
          "ifupdown*",
          "netplan*",
          "network-manager*",
          "qemu-guest-agent",
          "open-vm-tools*",
          "hyperv-daemons",
          "virtualbox-guest-*",
          "waagent",
          "google-compute-engine*",
          "google-guest-agent",
          "amazon-ec2-*",
          "amazon-ssm-agent");

  public PackageSettings(@Nullable List<String> leaveOut) {
    this.leaveOut = leaveOut == null ? HOST_BOUND : List.copyOf(leaveOut);
    for (String pattern : this.leaveOut) {
      if (!ALLOWED.matcher(pattern).matches()) {
        throw new IllegalArgumentException(
            ("monkey.packages.leave-out holds '%s': a pattern is a package name in which * and ?"
                    + " stand for anything, such as linux-image-*")
                .formatted(pattern));
      }
    }
  }
}
