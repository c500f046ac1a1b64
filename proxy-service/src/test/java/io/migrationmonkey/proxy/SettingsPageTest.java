package io.migrationmonkey.proxy;

import io.migrationmonkey.settings.SettingsPage;
import org.junit.jupiter.api.Test;

class SettingsPageTest {

  @Test
  void thePageOfSettingsSaysWhatTheRecordsSay() throws Exception {
    SettingsPage.check("proxy", "io.migrationmonkey.proxy");
  }
}
