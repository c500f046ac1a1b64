package io.migrationmonkey.lab;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses LAB =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.migrationmonkey.lab");

  @Test
  void thePromisesAreJudgedWithoutClockNetworkOrProcess() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage("..lab.receipt")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.net\\..*|java\\.time\\.Clock|java\\.lang\\.Process.*|.*\\.lab\\.http\\..*")
        .check(LAB);
  }

  @Test
  void theUsersKnowNothingOfTheStackTheyUse() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAnyPackage("..lab.http", "..lab.load")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..lab.stack", "..lab.receipt", "..lab.timeline")
        .check(LAB);
  }

  @Test
  void theLabKnowsOnlyWhatTheServicesTellTheWorld() {
    ArchRuleDefinition.classes()
        .that()
        .resideInAPackage("io.migrationmonkey.lab..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.migrationmonkey.lab..",
            "io.migrationmonkey.contract",
            "java..",
            "tools.jackson..",
            "com.fasterxml.jackson..",
            "org.jspecify..")
        .check(LAB);
  }
}
