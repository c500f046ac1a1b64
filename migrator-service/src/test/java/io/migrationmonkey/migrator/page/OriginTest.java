package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "same-origin, http://monkey:8081, monkey:8081, true",
        "-, http://monkey:8081, monkey:8081, true",
        "-, https://monkey, monkey, true",
        "same-origin, -, monkey:8081, true",
        "cross-site, http://monkey:8081, monkey:8081, false",
        "same-site, http://monkey:8081, monkey:8081, false",
        "none, http://monkey:8081, monkey:8081, false",
        "same-origin, http://evil.example, monkey:8081, false",
        "-, http://monkey:8082, monkey:8081, false",
        "-, null, monkey:8081, false",
        "-, http://monkey:8081@evil.example, monkey:8081, false",
        "-, not a url, monkey:8081, false",
        "-, http://monkey:8081, -, false",
        "-, -, monkey:8081, false",
      })
  void onlyWhatABrowserSaysIsOursIsOurs(String site, String origin, String host, boolean ours) {
    assertThat(Origin.ours(site, origin, host)).isEqualTo(ours);
  }
}
