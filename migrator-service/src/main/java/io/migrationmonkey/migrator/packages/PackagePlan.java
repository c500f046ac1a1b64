package io.migrationmonkey.migrator.packages;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What has to happen on the standby so that it has every package of the active server. Nothing is
 * removed and nothing goes back to an older version.
 *
 * @param install what the standby lacks
 * @param change what the standby has at an older version
 * @param unchanged how many packages are the same already
 * @param leftOut what the standby would lack or have otherwise, but the settings leave it out
 * @param autoInstalled packages as {@code name:architecture} to be marked as installed only because
 *     others need them, as they are on the active server
 * @param manuallyInstalled packages to be marked as asked for, which the standby marks otherwise
 * @param newer packages of the standby, at their versions, that are newer there and stay so
 */
public record PackagePlan(
    List<DebianPackage> install,
    List<DebianPackage> change,
    int unchanged,
    List<String> leftOut,
    Set<String> autoInstalled,
    Set<String> manuallyInstalled,
    List<DebianPackage> newer) {

  public PackagePlan {
    install = List.copyOf(install);
    change = List.copyOf(change);
    leftOut = List.copyOf(leftOut);
    autoInstalled = Set.copyOf(autoInstalled);
    manuallyInstalled = Set.copyOf(manuallyInstalled);
    newer = List.copyOf(newer);
  }

  /**
   * Compares the two servers.
   *
   * @param autoOnActive the packages marked automatic there, as {@code name:architecture}
   * @param autoOnStandby the same for the standby
   * @param leaveOut patterns of package names as in {@link PackageSettings}
   */
  public static PackagePlan between(
      List<DebianPackage> active,
      List<DebianPackage> standby,
      Set<String> autoOnActive,
      Set<String> autoOnStandby,
      List<String> leaveOut) {
    Map<String, DebianPackage> there =
        standby.stream().collect(Collectors.toMap(DebianPackage::key, Function.identity()));
    Predicate<String> isLeftOut = anyOf(leaveOut);
    List<DebianPackage> install = new ArrayList<>();
    List<DebianPackage> change = new ArrayList<>();
    List<DebianPackage> newer = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    Set<String> auto = new TreeSet<>();
    Set<String> manual = new TreeSet<>();
    int unchanged = 0;
    for (DebianPackage wanted :
        active.stream().sorted(Comparator.comparing(DebianPackage::toString)).toList()) {
      DebianPackage present = there.get(wanted.key());
      int order = present == null ? 1 : DebianVersion.compare(wanted.version(), present.version());
      if (order > 0 && isLeftOut.test(wanted.name())) {
        leftOut.add(wanted.toString());
        continue;
      }
      if (present == null) {
        install.add(wanted);
      } else if (order > 0) {
        change.add(wanted);
      } else if (order < 0) {
        newer.add(present);
      } else {
        unchanged++;
      }
      // apt marks what it is told to install as asked for, whatever the mark was before.
      boolean markedAuto = order <= 0 && autoOnStandby.contains(wanted.key());
      boolean shouldBeAuto = autoOnActive.contains(wanted.key());
      if (shouldBeAuto && !markedAuto) {
        auto.add(wanted.key());
      } else if (!shouldBeAuto && markedAuto) {
        manual.add(wanted.key());
      }
    }
    return new PackagePlan(install, change, unchanged, leftOut, auto, manual, newer);
  }

  /** What apt has to install: the missing packages and the newer versions. */
  public List<DebianPackage> wanted() {
    return Stream.concat(install.stream(), change.stream()).toList();
  }

  private static Predicate<String> anyOf(List<String> globs) {
    List<Pattern> patterns = globs.stream().map(PackagePlan::pattern).toList();
    return name -> patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }

  private static Pattern pattern(String glob) {
    return Pattern.compile(
        glob.chars()
            .mapToObj(c ->
                switch (c) {
                  case '*' -> ".*";
                  case '?' -> ".";
                  default -> Pattern.quote(Character.toString(c));
                })
            .collect(Collectors.joining()));
  }
}
