package io.migrationmonkey.migrator.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PackagePlanTest {

  private static final DebianPackage NGINX = new DebianPackage("nginx", "amd64", "1.22.1-9");
  private static final Offers NOTHING_KNOWN = new Offers("amd64", Map.of());
  private static final DebianPackage COMMON = new DebianPackage("nginx-common", "all", "1.22.1-9");
  private static final DebianPackage KERNEL =
      new DebianPackage("linux-image-amd64", "amd64", "6.1");

  @Example
  void whatIsMissingIsInstalledWithItsMark() {
    PackagePlan plan =
        between(List.of(NGINX, COMMON), List.of(), Set.of(COMMON.key()), Set.of(), List.of());

    assertThat(plan.install()).containsExactly(COMMON, NGINX);
    assertThat(plan.wanted()).hasToString("[nginx-common:all=1.22.1-9, nginx:amd64=1.22.1-9]");
    assertThat(plan.marks().auto()).containsExactly("nginx-common:all");
    assertThat(plan.marks().manual()).isEmpty();
  }

  @Example
  void anOlderVersionIsChangedAndANewerOneStays() {
    DebianPackage older = new DebianPackage("nginx", "amd64", "1.22.1-9~bpo1");
    DebianPackage newer = new DebianPackage("nginx-common", "all", "1.22.1-10");

    PackagePlan plan =
        between(List.of(NGINX, COMMON), List.of(older, newer), Set.of(), Set.of(), List.of());

    assertThat(plan.change()).containsExactly(NGINX);
    assertThat(plan.newer()).containsExactly(newer);
    assertThat(plan.install()).isEmpty();
  }

  @Example
  void theSamePackageOfAnotherArchitectureIsAnotherPackage() {
    DebianPackage foreign = new DebianPackage("nginx", "i386", "1.22.1-9");

    assertThat(
            between(List.of(NGINX, foreign), List.of(NGINX), Set.of(), Set.of(), List.of())
                .install())
        .containsExactly(foreign);
  }

  @Example
  void whatBelongsToTheMachineIsLeftOutAndShown() {
    PackagePlan plan =
        between(
            List.of(NGINX, KERNEL),
            List.of(),
            Set.of(KERNEL.key()),
            Set.of(),
            PackageSettings.defaults().leaveOut());

    assertThat(plan.install()).containsExactly(NGINX);
    assertThat(plan.leftOut()).containsExactly(KERNEL);
    assertThat(plan.marks().auto()).isEmpty();
  }

  @Example
  void marksThatDifferAreSetAsOnTheActiveServer() {
    PackagePlan plan =
        between(
            List.of(NGINX, COMMON),
            List.of(NGINX, COMMON),
            Set.of(COMMON.key()),
            Set.of(NGINX.key()),
            List.of());

    assertThat(plan.unchanged()).isEqualTo(2);
    assertThat(plan.marks().auto()).containsExactly(COMMON.key());
    assertThat(plan.marks().manual()).containsExactly(NGINX.key());
  }

  @Example
  void packagesThatOnlyTheStandbyHasStayAndAreNamed() {
    PackagePlan plan = between(List.of(), List.of(NGINX), Set.of(), Set.of(NGINX.key()), List.of());

    assertThat(plan.wanted()).isEmpty();
    assertThat(plan.extra()).containsExactly(NGINX);
    assertThat(plan.marks().manual()).isEmpty();
    assertThat(plan.parity().extra()).containsExactly("nginx:amd64=1.22.1-9");
  }

  @Example
  void holdsBecomeTheSameAndAHoldOfTheStandbyYields() {
    PackagePlan plan =
        PackagePlan.between(
            new InstalledPackages(
                "debian 12",
                "amd64",
                Set.of(),
                List.of(NGINX, COMMON),
                Set.of(),
                Set.of(NGINX.key())),
            new InstalledPackages(
                "debian 12",
                "amd64",
                Set.of(),
                List.of(new DebianPackage("nginx-common", "all", "1.0")),
                Set.of(),
                Set.of(COMMON.key())),
            NOTHING_KNOWN,
            FilePlan.NOTHING,
            PackageSettings.defaults());

    assertThat(plan.marks().hold()).containsExactly("nginx:amd64");
    assertThat(plan.marks().unhold()).containsExactly("nginx-common:all");
    assertThat(plan.lines()).contains("held (1): nginx:amd64=1.22.1-9");
    assertThat(new InstallOrder(plan, plan.wanted(), List.of()).options())
        .isEqualTo("--allow-change-held-packages");
  }

  @Example
  void whereAPackageComesFromIsToldByWhatTheRepositoriesOffer() {
    DebianPackage local = new DebianPackage("handmade", "all", "1.0");
    Offers offers =
        new Offers("amd64", Map.of("nginx", Set.of("1.22.1-9"), "nginx-common", Set.of("1.24")));
    PackagePlan plan =
        PackagePlan.between(
            server(List.of(NGINX, COMMON, local), Set.of()),
            server(List.of(), Set.of()),
            offers,
            FilePlan.NOTHING,
            PackageSettings.defaults());

    assertThat(plan.fromNoRepository()).containsExactly(local);
    assertThat(plan.noLongerServed()).containsExactly(COMMON);
    assertThat(plan.install()).hasSize(3);
  }

  @Example
  void withoutAnyPackageListsNothingIsSaidAboutWhereTheyComeFrom() {
    PackagePlan plan = between(List.of(NGINX), List.of(), Set.of(), Set.of(), List.of());

    assertThat(plan.fromNoRepository()).isEmpty();
    assertThat(plan.noLongerServed()).isEmpty();
  }

  @Example
  void anotherReleaseOrArchitectureIsAnObstacle() {
    PackagePlan plan =
        PackagePlan.between(
            server(List.of(), Set.of()),
            new InstalledPackages("debian 13", "arm64", Set.of(), List.of(), Set.of(), Set.of()),
            NOTHING_KNOWN,
            FilePlan.NOTHING,
            PackageSettings.defaults());

    assertThat(plan.obstacles())
        .containsExactly(
            "the active server runs debian 12 and the standby debian 13: packages move within one release only",
            "the active server is amd64 and the standby arm64: packages move within one architecture only");
  }

  @Example
  void aForeignArchitectureIsAddedWhereAPackageOfItComes() {
    DebianPackage foreign = new DebianPackage("libc6", "i386", "2.36");
    PackagePlan plan =
        PackagePlan.between(
            new InstalledPackages(
                "debian 12",
                "amd64",
                Set.of("i386", "armhf"),
                List.of(foreign),
                Set.of(),
                Set.of()),
            server(List.of(), Set.of()),
            NOTHING_KNOWN,
            FilePlan.NOTHING,
            PackageSettings.defaults());

    assertThat(plan.architectures()).containsExactly("i386");
  }

  @Property
  void everyPackageOfTheActiveServerIsAccountedForOnce(
      @ForAll("packages") List<DebianPackage> active,
      @ForAll("packages") List<DebianPackage> standby) {
    PackagePlan plan = between(active, standby, Set.of(), Set.of(), List.of("b*"));

    assertThat(
            plan.install().size()
                + plan.change().size()
                + plan.newer().size()
                + plan.leftOut().size()
                + plan.unchanged())
        .isEqualTo(active.size());
  }

  @Property
  void afterThePlanTheNextOneIsEmpty(
      @ForAll("packages") List<DebianPackage> active,
      @ForAll("packages") List<DebianPackage> standby) {
    Set<String> autoOnActive = everySecond(active);
    Set<String> autoOnStandby = everySecond(standby.reversed());
    PackagePlan plan = between(active, standby, autoOnActive, autoOnStandby, List.of("c*"));

    Map<String, DebianPackage> installed = new LinkedHashMap<>();
    standby.forEach(p -> installed.put(p.key(), p));
    plan.wanted().forEach(p -> installed.put(p.key(), p));
    Set<String> auto = new HashSet<>(autoOnStandby);
    plan.wanted().forEach(p -> auto.remove(p.key()));
    auto.addAll(plan.marks().auto());
    auto.removeAll(plan.marks().manual());
    PackagePlan next =
        between(active, new ArrayList<>(installed.values()), autoOnActive, auto, List.of("c*"));

    assertThat(next.wanted()).isEmpty();
    assertThat(next.marks().auto()).isEmpty();
    assertThat(next.marks().manual()).isEmpty();
    assertThat(next.leftOut()).isEqualTo(plan.leftOut());
  }

  @Provide
  Arbitrary<List<DebianPackage>> packages() {
    Arbitrary<String> names = Arbitraries.of("aa", "bb", "cc", "dd", "ee", "libf+");
    Arbitrary<String> versions = Arbitraries.of("1.0", "1.0-1", "1.0~rc1", "2:0.1", "1.10");
    return Combinators.combine(names, Arbitraries.of("amd64", "all"), versions)
        .as(DebianPackage::new)
        .list()
        .uniqueElements(DebianPackage::key)
        .ofMaxSize(10);
  }

  private static PackagePlan between(
      List<DebianPackage> active,
      List<DebianPackage> standby,
      Set<String> autoOnActive,
      Set<String> autoOnStandby,
      List<String> leaveOut) {
    return PackagePlan.between(
        server(active, autoOnActive),
        server(standby, autoOnStandby),
        NOTHING_KNOWN,
        FilePlan.NOTHING,
        new PackageSettings(leaveOut, null, null, null));
  }

  private static InstalledPackages server(List<DebianPackage> packages, Set<String> auto) {
    return new InstalledPackages("debian 12", "amd64", Set.of(), packages, auto, Set.of());
  }

  private static Set<String> everySecond(List<DebianPackage> packages) {
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < packages.size(); i += 2) {
      keys.add(packages.get(i).key());
    }
    return keys;
  }
}
