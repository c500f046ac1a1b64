package io.migrationmonkey.migrator;

import io.migrationmonkey.settings.SettingsPage;
import org.junit.jupiter.api.Test;

class SettingsPageTest {

  @Test
  void thePageOfSettingsSaysWhatTheRecordsSay() throws Exception {
    SettingsPage.check("migrator", "io.migrationmonkey.migrator");
  }
}
