package io.migrationmonkey.monitor;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.migrationmonkey.monitor.orders.OrderState;
import java.net.URI;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses SERVICE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.migrationmonkey.monitor");

  private static final Set<String> PURE_ORDERS =
      Set.of("OrderRule", "OrderState", "Situation", "Move", "Answer");

  private static final Set<String> PURE_RESTARTS =
      Set.of("RestartRule", "RestartState", "RestartLimits", "Standing", "Look", "Action");

  private static final DescribedPredicate<JavaClass> PURE =
      describe(
          "decide",
          type ->
              type.getPackageName().equals("io.migrationmonkey.monitor.pressure")
                  || (type.getPackage().equals(SERVICE.get(OrderState.class).getPackage())
                      && PURE_ORDERS.contains(outermost(type).getSimpleName()))
                  || (type.getPackageName().equals("io.migrationmonkey.monitor.restart")
                      && PURE_RESTARTS.contains(
                          outermost(type.getBaseComponentType()).getSimpleName())));

  @Test
  void whatDecidesKnowsNoFrameworkNoNetworkAndNoFiles() {
    classes()
        .that(PURE)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    "java.lang..",
                    "java.time..",
                    "java.util",
                    "org.jspecify..",
                    "io.migrationmonkey.contract",
                    "io.migrationmonkey.monitor.memory")
                .or(JavaClass.Predicates.type(URI.class))
                .or(PURE))
        .check(SERVICE);
  }

  @Test
  void whatDecidesKnowsNoClockAndNoChance() {
    noClasses()
        .that(PURE)
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .check(SERVICE);
    noClasses()
        .that(PURE)
        .should()
        .callMethodWhere(
            describe(
                "it asks for chance",
                (JavaCall<?> call) -> Set.of("randomUUID", "random").contains(call.getName())))
        .check(SERVICE);
  }

  @Test
  void nobodyAsksTheSystemForTheTimeExceptThroughTheClock() {
    noClasses()
        .should()
        .callMethodWhere(
            describe(
                "it asks the system for the time",
                (JavaCall<?> call) ->
                    (call.getName().equals("now")
                            && call.getTargetOwner().getPackageName().equals("java.time"))
                        || Set.of("currentTimeMillis", "nanoTime").contains(call.getName())))
        .check(SERVICE);
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }
}
