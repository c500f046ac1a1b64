package io.migrationmonkey.migrator.packages;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DebianVersionTest {

  @Example
  void versionsAreOrderedAsDpkgOrdersThem() {
    String[] fromOldToNew = {
      "0.1",
      "1.0~~",
      "1.0~rc1",
      "1.0",
      "1.0-1~bpo12+1",
      "1.0-1",
      "1.0-1+b1",
      "1.0a",
      "1.0+dfsg",
      "1.0.1",
      "1.9",
      "1.10",
      "1.22.1-9+deb12u9",
      "1.22.1-9+deb12u10",
      "20240203",
      "1:0.1"
    };
    for (int i = 0; i < fromOldToNew.length; i++) {
      for (int j = 0; j < fromOldToNew.length; j++) {
        assertThat(Integer.signum(DebianVersion.compare(fromOldToNew[i], fromOldToNew[j])))
            .as("%s against %s", fromOldToNew[i], fromOldToNew[j])
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }

  @Example
  void someThatAreSpelledDifferentlyAreTheSame() {
    assertThat(DebianVersion.compare("1.0", "0:1.00")).isZero();
  }

  @Property
  void turningTheComparisonAroundTurnsTheAnswer(
      @ForAll("versions") String a, @ForAll("versions") String b) {
    assertThat(Integer.signum(DebianVersion.compare(a, b)))
        .isEqualTo(-Integer.signum(DebianVersion.compare(b, a)));
  }

  @Provide
  Arbitrary<String> versions() {
    return Arbitraries.strings().withChars("0123456789ab.+~-").ofMinLength(1).ofMaxLength(12);
  }
}
