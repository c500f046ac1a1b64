package io.migrationmonkey.migrator.packages;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Which packages stay where they are, and what happens in doubt.
 *
 * @param leaveOut patterns of package names, with {@code *} and {@code ?}; by default what belongs
 *     to the machine rather than to the application: kernel, boot loader, firmware, the tools of
 *     its hypervisor or cloud, and its network
 * @param leaveFiles patterns of paths of configuration files that belong to the machine, likewise
 * @param noLongerServed what becomes of a version that no repository offers any more
 * @param differingFiles what becomes of a file of the standby that somebody changed there
 */
@ConfigurationProperties("monkey.packages")
public record PackageSettings(
    List<String> leaveOut,
    List<String> leaveFiles,
    NoLongerServed noLongerServed,
    DifferingFiles differingFiles) {

  /** What becomes of a version that no repository offers any more. */
  public enum NoLongerServed {
    /** It is repacked from the active server's own files, and said so. */
    WARN,
    /** The migration is refused. */
    BLOCK
  }

  /** What becomes of a file of the standby that somebody changed there. */
  public enum DifferingFiles {
    /** It stays as it is, and is named. */
    KEEP,
    /** The active server's takes its place; it goes to /var/backups/migration-monkey. */
    REPLACE
  }

  private static final Pattern ALLOWED = Pattern.compile("[a-z0-9+.*?-]+");
  private static final Pattern ALLOWED_FILE = Pattern.compile("/[!-~ ]+");

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

  private static final List<String> HOST_FILES =
      List.of(
          "/etc/hostname",
          "/etc/hosts",
          "/etc/machine-id",
          "/etc/resolv.conf",
          "/etc/fstab",
          "/etc/crypttab",
          "/etc/mdadm*",
          "/etc/lvm/*",
          "/etc/multipath*",
          "/etc/iscsi/*",
          "/etc/network/*",
          "/etc/netplan/*",
          "/etc/NetworkManager/*",
          "/etc/systemd/network/*",
          "/etc/dhcp/*",
          "/etc/ssh/*",
          "/etc/sudoers*",
          "/etc/pam.d/*",
          "/etc/default/grub*",
          "/etc/grub.d/*",
          "/etc/kernel*",
          "/etc/initramfs-tools/*",
          "/etc/modprobe.d/*",
          "/etc/udev/*",
          "/etc/cloud/*",
          "/etc/migration-monkey/*");

  public PackageSettings(
      @Nullable List<String> leaveOut,
      @Nullable List<String> leaveFiles,
      @Nullable NoLongerServed noLongerServed,
      @Nullable DifferingFiles differingFiles) {
    this.leaveOut = leaveOut == null ? HOST_BOUND : List.copyOf(leaveOut);
    this.leaveFiles = leaveFiles == null ? HOST_FILES : List.copyOf(leaveFiles);
    this.noLongerServed = noLongerServed == null ? NoLongerServed.WARN : noLongerServed;
    this.differingFiles = differingFiles == null ? DifferingFiles.KEEP : differingFiles;
    for (String pattern : this.leaveOut) {
      if (!ALLOWED.matcher(pattern).matches()) {
        throw new IllegalArgumentException(
            ("monkey.packages.leave-out holds '%s': a pattern is a package name in which * and ?"
                    + " stand for anything, such as linux-image-*")
                .formatted(pattern));
      }
    }
    for (String pattern : this.leaveFiles) {
      if (!ALLOWED_FILE.matcher(pattern).matches()) {
        throw new IllegalArgumentException(
            ("monkey.packages.leave-files holds '%s': a pattern is an absolute path in which * and"
                    + " ? stand for anything, such as /etc/network/*")
                .formatted(pattern));
      }
    }
  }

  /** All by default. */
  static PackageSettings defaults() {
    return new PackageSettings(null, null, null, null);
  }
}
