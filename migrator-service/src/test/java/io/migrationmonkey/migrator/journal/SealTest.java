package io.migrationmonkey.migrator.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealTest {

  private static final String LINE = "{\"kind\":\"ORDERED\"}";

  @TempDir Path directory;
  private Seal seal;

  @BeforeEach
  void aMigratorsSeal() throws IOException {
    seal = of("a private key");
  }

  @Test
  void aLineThatAMigratorWroteIsReadByEveryMigrator() throws IOException {
    assertThat(of("a private key").open("m-1", seal.close("m-1", LINE))).contains(LINE);
  }

  @Test
  void aLineThatWasChangedIsNotOurs() {
    String sealed = seal.close("m-1", LINE);
    for (int i = 0; i < sealed.length(); i++) {
      String changed =
          sealed.substring(0, i) + (char) (sealed.charAt(i) + 1) + sealed.substring(i + 1);
      assertThat(seal.open("m-1", changed)).as(changed).isEmpty();
    }
  }

  @Test
  void aLineOfAnotherMigrationIsNotOurs() {
    assertThat(seal.open("m-2", seal.close("m-1", LINE))).isEmpty();
  }

  @Test
  void aLineThatSomebodyWithAnotherKeySealedIsNotOurs() throws IOException {
    assertThat(seal.open("m-1", of("another key").close("m-1", LINE))).isEmpty();
  }

  @Test
  void aLineWithoutASealIsNotOurs() {
    assertThat(seal.open("m-1", LINE)).isEmpty();
    assertThat(seal.open("m-1", LINE + "\n")).isEmpty();
    assertThat(seal.open("m-1", "")).isEmpty();
  }

  private Seal of(String key) throws IOException {
    return new Seal(Files.writeString(directory.resolve("key"), key));
  }
}
