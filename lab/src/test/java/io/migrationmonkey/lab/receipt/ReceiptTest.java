package io.migrationmonkey.lab.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptTest {

  private final MigrationReceipt migration = Example.evidence().receipt();

  @Test
  void theJsonHasExactlyTheAgreedShape() {
    MigrationReceipt oneStep =
        new MigrationReceipt(
            migration.trigger(),
            migration.from(),
            migration.to(),
            migration.requests(),
            migration.writes(),
            migration.packagesInstalled(),
            migration.bytesCopied(),
            migration.steps().subList(0, 1),
            migration.bootIdBefore(),
            migration.bootIdAfter(),
            migration.switchValue(),
            migration.epoch());
    assertThat(new Receipt(List.of(oneStep), true).toJson().replaceAll("\\s", ""))
        .isEqualTo(
            """
            {"migrations":[{"trigger":"monitor","from":"production","to":"backup",
            "requests":{"total":1000,"failed":0,"held":17,"longestStallMs":3100},
            "writes":{"acknowledged":500,"found":500,"duplicated":0},
            "packagesInstalled":88,"bytesCopied":1234567,
            "steps":[{"name":"CHECK_SERVERS","ms":100}],
            "bootIdBefore":"5f0c","bootIdAfter":"9a1e","switch":"true","epoch":2}],"ok":true}
            """
                .replace("\n", ""));
  }

  @Test
  void itIsWrittenAlsoWhereTheFolderIsMissing(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("target/demo/receipt.json");
    new Receipt(List.of(), false).write(file);
    assertThat(Files.readString(file).replaceAll("\\s", ""))
        .isEqualTo("{\"migrations\":[],\"ok\":false}");
  }

  @Test
  void theTableShowsAColumnAMigration() {
    List<String> table = ReceiptTable.of(List.of(migration, migration));
    assertThat(table.getFirst()).endsWith("production → backup     production → backup");
    assertThat(table).anyMatch(row -> row.matches("  longest stall +3\\.1 s +3\\.1 s"));
    assertThat(table).anyMatch(row -> row.matches("copied +1\\.2 MB +1\\.2 MB"));
    assertThat(table).anyMatch(row -> row.matches("COPY_DATA +0\\.1 s +0\\.1 s"));
    assertThat(table).anyMatch(row -> row.matches("all steps +1\\.2 s +1\\.2 s"));
    assertThat(table.stream().mapToInt(String::length).distinct()).hasSize(1);
  }
}
