package io.migrationmonkey.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContractTest {

  @Test
  void falseMeansProductionAndTrueMeansBackup() {
    assertThat(SwitchKey.active("false")).isEqualTo(ServerName.PRODUCTION);
    assertThat(SwitchKey.active("true")).isEqualTo(ServerName.BACKUP);
    for (ServerName server : ServerName.values()) {
      assertThat(SwitchKey.active(SwitchKey.valueFor(server))).isEqualTo(server);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "TRUE", "1", "true\n", "yes"})
  void aSwitchThatSaysAnythingElseIsRefusedByName(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SwitchKey.active(value))
        .withMessageContaining("'true' or 'false'");
  }

  @Test
  void aSwitchRecordComesBackAsItWasWritten() {
    SwitchRecord record =
        new SwitchRecord(
            ServerName.BACKUP, 7, "m-1", "memory", Instant.parse("2026-01-01T02:00:00Z"));
    assertThat(SwitchRecord.of(record.toHash())).isEqualTo(record);
  }

  @Test
  void aSwitchRecordThatLacksAFieldNamesIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SwitchRecord.of(Map.of("active", "backup")))
        .withMessageContaining("epoch");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            SwitchRecord.of(
                Map.of("active", "backup", "epoch", "x", "by", "b", "reason", "r", "at", "now")))
        .withMessageContaining(SwitchKey.RECORD);
  }

  @Test
  void reportsSurviveTheWire() {
    Instant at = Instant.parse("2026-01-01T02:00:00.123Z");
    ProxyReport proxy = new ProxyReport("p1", ServerName.BACKUP, 2, null, 3, 0, 9, 412, at);
    assertThat(Wire.read(Wire.write(proxy), ProxyReport.class)).isEqualTo(proxy);
    assertThat(proxy.inFlightTo(ServerName.PRODUCTION)).isEqualTo(3);
    ProxyReport byServer =
        new ProxyReport(
            "p1", ServerName.BACKUP, 2, null, 3, 0, 9, 412, at, Map.of(ServerName.BACKUP, 3L));
    assertThat(Wire.read(Wire.write(byServer), ProxyReport.class)).isEqualTo(byServer);
    assertThat(byServer.inFlightTo(ServerName.BACKUP)).isEqualTo(3);
    assertThat(byServer.inFlightTo(ServerName.PRODUCTION)).isZero();
    MonitorReport monitor =
        new MonitorReport(ServerName.PRODUCTION, "boot", 100, 93, Verdict.EXHAUSTED, "why", at);
    assertThat(Wire.write(monitor)).contains("\"production\"").contains("\"exhausted\"");
    assertThat(Wire.read(Wire.write(monitor), MonitorReport.class)).isEqualTo(monitor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "{", "[]", "{\"proxy\":{}}", "{\"active\":\"third\"}"})
  void whatIsNotAReportIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Wire.read(text, ProxyReport.class));
  }

  @Test
  void aFieldOfANewerServiceIsPassedOver() {
    ProxyReport proxy =
        new ProxyReport("p1", null, 0, "m-1", 0, 0, 0, 0, Instant.parse("2026-01-01T02:00:00Z"));
    String newer = Wire.write(proxy).replaceFirst("\\{", "{\"colour\":\"red\",");
    assertThat(Wire.read(newer, ProxyReport.class)).isEqualTo(proxy);
    assertThat(proxy.drainedFor("m-1")).isTrue();
    assertThat(proxy.drainedFor("m-2")).isFalse();
  }

  @Test
  void theContractKnowsNoServiceAndNoFramework() {
    ArchRuleDefinition.classes()
        .that()
        .resideInAPackage("io.migrationmonkey.contract")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.migrationmonkey.contract",
            "java..",
            "org.jspecify..",
            "com.fasterxml.jackson..",
            "tools.jackson..")
        .check(
            new ClassFileImporter()
                .withImportOption(location ->
                    !location.contains("/test-classes/") && !location.contains("-tests.jar"))
                .importPackages("io.migrationmonkey.contract"));
  }
}
