package io.migrationmonkey.monitor;

import io.migrationmonkey.settings.SettingsPage;
import org.junit.jupiter.api.Test;

class SettingsPageTest {

  @Test
  void thePageOfSettingsSaysWhatTheRecordsSay() throws Exception {
    SettingsPage.check("monitor", "io.migrationmonkey.monitor");
  }
}
