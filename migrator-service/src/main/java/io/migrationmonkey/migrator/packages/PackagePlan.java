package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.packages.PackageCase.Case;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What has to happen on the standby so that it has every package of the active server. Nothing is
 * removed and nothing goes back to an older version.
 *
 * @param obstacles why nothing of this can be done at all; empty when it can
 * @param install what the standby lacks
 * @param change what the standby has at an older version
 * @param same what is the same already
 * @param leftOut what the standby would lack or have otherwise, but the settings leave it out
 * @param newer packages of the standby, at their versions, that are newer there and stay so
 * @param extra packages that only the standby has
 * @param fromNoRepository which of the wanted ones no repository knows
 * @param noLongerServed which of them repositories offer at other versions only
 * @param held which packages are held on the active server, as {@code name:architecture}
 * @param heldOnStandby the same for the standby
 * @param architectures to be added on the standby
 * @param marks what is marked otherwise than on the active server
 * @param files what goes along
 */
public record PackagePlan(
    List<String> obstacles,
    List<DebianPackage> install,
    List<DebianPackage> change,
    List<DebianPackage> same,
    List<DebianPackage> leftOut,
    List<DebianPackage> newer,
    List<DebianPackage> extra,
    List<DebianPackage> fromNoRepository,
    List<DebianPackage> noLongerServed,
    Set<String> held,
    Set<String> heldOnStandby,
    Set<String> architectures,
    Marks marks,
    FilePlan files) {

  /**
   * Marks to be set, as {@code name:architecture}: installed only because others need it, asked
   * for, to stay at its version, not to.
   */
  record Marks(Set<String> auto, Set<String> manual, Set<String> hold, Set<String> unhold) {}

  /**
   * Compares the two servers.
   *
   * @param offers what the active server's repositories offer of its packages
   */
  static PackagePlan between(
      InstalledPackages active,
      InstalledPackages standby,
      Offers offers,
      FilePlan files,
      PackageSettings settings) {
    Map<String, DebianPackage> there =
        standby.packages().stream()
            .collect(Collectors.toMap(DebianPackage::key, Function.identity()));
    Predicate<String> isLeftOut = Globs.anyOf(settings.leaveOut());
    List<DebianPackage> install = new ArrayList<>();
    List<DebianPackage> change = new ArrayList<>();
    List<DebianPackage> same = new ArrayList<>();
    List<DebianPackage> newer = new ArrayList<>();
    List<DebianPackage> leftOut = new ArrayList<>();
    Marks marks = new Marks(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    for (DebianPackage wanted : sorted(active.packages())) {
      DebianPackage present = there.remove(wanted.key());
      int order = present == null ? 1 : DebianVersion.compare(wanted.version(), present.version());
      if (order > 0 && isLeftOut.test(wanted.name())) {
        leftOut.add(wanted);
        continue;
      }
      if (present == null) {
        install.add(wanted);
      } else if (order > 0) {
        change.add(wanted);
      } else if (order < 0) {
        newer.add(present);
      } else {
        same.add(wanted);
      }
      // apt marks what it is told to install as asked for, whatever the mark was before.
      mark(
          wanted.key(),
          active.auto(),
          order > 0 ? Set.of() : standby.auto(),
          marks.auto(),
          marks.manual());
      mark(wanted.key(), active.held(), standby.held(), marks.hold(), marks.unhold());
    }
    List<DebianPackage> wanted = Stream.concat(install.stream(), change.stream()).toList();
    return new PackagePlan(
        obstacles(active, standby),
        List.copyOf(install),
        List.copyOf(change),
        List.copyOf(same),
        List.copyOf(leftOut),
        List.copyOf(newer),
        sorted(there.values()),
        offers.unknown()
            ? List.of()
            : wanted.stream()
                .filter(p -> !offers.has(p) && !offers.hasAnotherVersionOf(p))
                .toList(),
        wanted.stream().filter(offers::hasAnotherVersionOf).toList(),
        active.held(),
        standby.held(),
        architectures(wanted, active, standby),
        marks,
        files);
  }

  /** What apt has to install: the missing packages and the newer versions. */
  public List<DebianPackage> wanted() {
    return Stream.concat(install.stream(), change.stream()).toList();
  }

  /** How many packages are the same already. */
  public int unchanged() {
    return same.size();
  }

  /** How far the two servers are apart. */
  public Parity parity() {
    return new Parity(
        names(install),
        Stream.concat(change.stream(), newer.stream()).map(DebianPackage::toString).toList(),
        names(extra));
  }

  /**
   * How far two servers are apart in packages, each as {@code name:architecture=version}.
   *
   * @param missing on the standby
   * @param different there: older, at the version that is wanted, or newer, at the version there
   * @param extra there
   */
  public record Parity(List<String> missing, List<String> different, List<String> extra) {}

  /** What becomes of every package. */
  public List<PackageCase> cases() {
    List<PackageCase> cases = new ArrayList<>();
    install.forEach(p -> cases.add(PackageCase.of(Case.INSTALL, p)));
    change.forEach(p -> cases.add(PackageCase.of(Case.CHANGE, p)));
    fromNoRepository.forEach(p -> cases.add(PackageCase.of(Case.FROM_NO_REPOSITORY, p)));
    noLongerServed.forEach(p -> cases.add(PackageCase.of(Case.NO_LONGER_SERVED, p)));
    Stream.of(install, change, same, newer)
        .flatMap(List::stream)
        .filter(p -> held.contains(p.key()))
        .forEach(p -> cases.add(PackageCase.of(Case.HELD, p)));
    wanted().stream()
        .filter(p -> architectures.contains(p.architecture()))
        .forEach(p -> cases.add(PackageCase.of(Case.FOREIGN_ARCHITECTURE, p)));
    leftOut.forEach(p -> cases.add(PackageCase.of(Case.HOST_BOUND, p)));
    newer.forEach(p -> cases.add(PackageCase.of(Case.NEWER, p)));
    extra.forEach(p -> cases.add(PackageCase.of(Case.EXTRA, p)));
    same.forEach(p -> cases.add(PackageCase.of(Case.ALREADY_THERE, p)));
    return cases;
  }

  /** The whole plan for a person: a line for each case that occurs, naming all that are in it. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>(obstacles);
    Map<Case, List<PackageCase>> byCase =
        cases().stream().collect(Collectors.groupingBy(PackageCase::what));
    for (Case each : Case.values()) {
      List<PackageCase> all = byCase.getOrDefault(each, List.of());
      tell(lines, each.words(), all.stream().map(c -> c.name() + "=" + c.version()).toList());
    }
    tell(lines, "architectures to add", architectures);
    tell(lines, "files to bring along", paths(files.bring()));
    tell(lines, "files to update", paths(files.update()));
    tell(lines, "files that were changed on the standby too, and stay", paths(files.kept()));
    tell(lines, "files left out, since they belong to the machine", paths(files.left()));
    tell(lines, "repositories on the active server's own disks", files.localSources());
    return lines;
  }

  private static void tell(List<String> lines, String what, Collection<String> all) {
    if (!all.isEmpty()) {
      lines.add("%s (%d): %s".formatted(what, all.size(), String.join(", ", all)));
    }
  }

  private static List<String> paths(List<PortableFile> files) {
    return files.stream().map(file -> "%s (%s)".formatted(file.path(), file.kind())).toList();
  }

  private static List<String> names(List<DebianPackage> packages) {
    return packages.stream().map(DebianPackage::toString).toList();
  }

  private static void mark(
      String key, Set<String> onActive, Set<String> onStandby, Set<String> set, Set<String> unset) {
    if (onActive.contains(key) && !onStandby.contains(key)) {
      set.add(key);
    } else if (!onActive.contains(key) && onStandby.contains(key)) {
      unset.add(key);
    }
  }

  private static List<String> obstacles(InstalledPackages active, InstalledPackages standby) {
    List<String> obstacles = new ArrayList<>();
    if (!active.release().equals(standby.release())) {
      obstacles.add(
          "the active server runs %s and the standby %s: packages move within one release only"
              .formatted(active.release(), standby.release()));
    }
    if (!active.architecture().equals(standby.architecture())) {
      obstacles.add(
          "the active server is %s and the standby %s: packages move within one architecture only"
              .formatted(active.architecture(), standby.architecture()));
    }
    return List.copyOf(obstacles);
  }

  private static Set<String> architectures(
      List<DebianPackage> wanted, InstalledPackages active, InstalledPackages standby) {
    return wanted.stream()
        .map(DebianPackage::architecture)
        .filter(a -> active.foreign().contains(a))
        .filter(a -> !a.equals(standby.architecture()) && !standby.foreign().contains(a))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<DebianPackage> sorted(Collection<DebianPackage> packages) {
    return packages.stream().sorted(Comparator.comparing(DebianPackage::toString)).toList();
  }
}
