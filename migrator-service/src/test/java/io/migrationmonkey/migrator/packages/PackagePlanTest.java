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
  private static final DebianPackage COMMON = new DebianPackage("nginx-common", "all", "1.22.1-9");
  private static final DebianPackage KERNEL =
      new DebianPackage("linux-image-amd64", "amd64", "6.1");

  @Example
  void whatIsMissingIsInstalledWithItsMark() {
    PackagePlan plan =
        PackagePlan.between(
            List.of(NGINX, COMMON), List.of(), Set.of(COMMON.key()), Set.of(), List.of());

    assertThat(plan.install()).containsExactly(COMMON, NGINX);
    assertThat(plan.wanted()).hasToString("[nginx-common:all=1.22.1-9, nginx:amd64=1.22.1-9]");
    assertThat(plan.autoInstalled()).containsExactly("nginx-common:all");
    assertThat(plan.manuallyInstalled()).isEmpty();
  }

  @Example
  void anOlderVersionIsChangedAndANewerOneStays() {
    DebianPackage older = new DebianPackage("nginx", "amd64", "1.22.1-9~bpo1");
    DebianPackage newer = new DebianPackage("nginx-common", "all", "1.22.1-10");

    PackagePlan plan =
        PackagePlan.between(
            List.of(NGINX, COMMON), List.of(older, newer), Set.of(), Set.of(), List.of());

    assertThat(plan.change()).containsExactly(NGINX);
    assertThat(plan.newer()).containsExactly(newer);
    assertThat(plan.install()).isEmpty();
  }

  @Example
  void theSamePackageOfAnotherArchitectureIsAnotherPackage() {
    DebianPackage foreign = new DebianPackage("nginx", "i386", "1.22.1-9");

    assertThat(
            PackagePlan.between(
                    List.of(NGINX, foreign), List.of(NGINX), Set.of(), Set.of(), List.of())
                .install())
        .containsExactly(foreign);
  }

  @Example
  void whatBelongsToTheMachineIsLeftOutAndShown() {
    PackagePlan plan =
        PackagePlan.between(
            List.of(NGINX, KERNEL),
            List.of(),
            Set.of(KERNEL.key()),
            Set.of(),
            new PackageSettings(null).leaveOut());

    assertThat(plan.install()).containsExactly(NGINX);
    assertThat(plan.leftOut()).containsExactly("linux-image-amd64:amd64=6.1");
    assertThat(plan.autoInstalled()).isEmpty();
  }

  @Example
  void marksThatDifferAreSetAsOnTheActiveServer() {
    PackagePlan plan =
        PackagePlan.between(
            List.of(NGINX, COMMON),
            List.of(NGINX, COMMON),
            Set.of(COMMON.key()),
            Set.of(NGINX.key()),
            List.of());

    assertThat(plan.unchanged()).isEqualTo(2);
    assertThat(plan.autoInstalled()).containsExactly(COMMON.key());
    assertThat(plan.manuallyInstalled()).containsExactly(NGINX.key());
  }

  @Example
  void packagesThatOnlyTheStandbyHasAreNoConcern() {
    PackagePlan plan =
        PackagePlan.between(List.of(), List.of(NGINX), Set.of(), Set.of(NGINX.key()), List.of());

    assertThat(plan)
        .isEqualTo(
            new PackagePlan(List.of(), List.of(), 0, List.of(), Set.of(), Set.of(), List.of()));
  }

  @Property
  void everyPackageOfTheActiveServerIsAccountedForOnce(
      @ForAll("packages") List<DebianPackage> active,
      @ForAll("packages") List<DebianPackage> standby) {
    PackagePlan plan = PackagePlan.between(active, standby, Set.of(), Set.of(), List.of("b*"));

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
    PackagePlan plan =
        PackagePlan.between(active, standby, autoOnActive, autoOnStandby, List.of("c*"));

    Map<String, DebianPackage> installed = new LinkedHashMap<>();
    standby.forEach(p -> installed.put(p.key(), p));
    plan.wanted().forEach(p -> installed.put(p.key(), p));
    Set<String> auto = new HashSet<>(autoOnStandby);
    plan.wanted().forEach(p -> auto.remove(p.key()));
    auto.addAll(plan.autoInstalled());
    auto.removeAll(plan.manuallyInstalled());
    PackagePlan next =
        PackagePlan.between(
            active, new ArrayList<>(installed.values()), autoOnActive, auto, List.of("c*"));

    assertThat(next.wanted()).isEmpty();
    assertThat(next.autoInstalled()).isEmpty();
    assertThat(next.manuallyInstalled()).isEmpty();
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

  private static Set<String> everySecond(List<DebianPackage> packages) {
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < packages.size(); i += 2) {
      keys.add(packages.get(i).key());
    }
    return keys;
  }
}
