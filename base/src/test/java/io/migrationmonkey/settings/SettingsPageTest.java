package io.migrationmonkey.settings;

import org.junit.jupiter.api.Test;

class SettingsPageTest {

  @Test
  void thePageOfSettingsSaysWhatTheRecordsSay() throws Exception {
    SettingsPage.check("access", "io.migrationmonkey.access");
  }
}
