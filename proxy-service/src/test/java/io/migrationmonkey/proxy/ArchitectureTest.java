package io.migrationmonkey.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.migrationmonkey.proxy");

  private static final String PURE =
      ".*\\.(RouteDecision|SwitchReading|Trouble|Route|Hold|HoldOrder|GateState|RetryRule)(\\$.*)?";

  @Test
  void decisionsKnowNoFrameworkNoNetworkAndNoClock() {
    classes()
        .that()
        .haveNameMatching(PURE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.lang..",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "java.time..",
            "org.jspecify..",
            "io.migrationmonkey.contract",
            "io.migrationmonkey.proxy..")
        .check(CLASSES);
    noClasses()
        .that()
        .haveNameMatching(PURE)
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .check(CLASSES);
    noClasses()
        .that()
        .haveNameMatching(PURE)
        .should()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(CLASSES);
  }

  @Test
  void theGateKnowsNoFrameworkAndNoNetwork() {
    noClasses()
        .that()
        .haveNameMatching(".*\\.Gate(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "io.netty..", "io.lettuce..", "java.net..")
        .check(CLASSES);
  }

  @Test
  void onlyForwardingKnowsNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..forwarding..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(CLASSES);
  }

  @Test
  void forwardingAndRoutingDoNotKnowWhereRoutesComeFrom() {
    noClasses()
        .that()
        .resideInAnyPackage("..forwarding..", "..routing..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..switching..", "..web..")
        .check(CLASSES);
    slices().matching("io.migrationmonkey.proxy.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
