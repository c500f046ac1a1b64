package io.migrationmonkey.lab.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.migrationmonkey.lab.faults.Moment.When;
import io.migrationmonkey.lab.receipt.Promises;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultMatrixTest {

  @Test
  void theMigratorIsKilledBeforeAndAfterEveryStep() {
    for (String step : Promises.STEPS) {
      assertThat(FaultMatrix.all())
          .contains(
              new FaultCase(Fault.KILL_MIGRATOR, new Moment(step, When.BEFORE)),
              new FaultCase(Fault.KILL_MIGRATOR, new Moment(step, When.AFTER)));
    }
  }

  @Test
  void redisIsKilledAndEmptiedInEveryStep() {
    for (Fault fault : List.of(Fault.REDIS_KILLED, Fault.REDIS_EMPTIED)) {
      assertThat(FaultMatrix.all())
          .filteredOn(one -> one.fault() == fault)
          .extracting(one -> one.moment().step())
          .containsExactlyElementsOf(Promises.STEPS);
    }
  }

  @Test
  void everyFaultIsThereAndNoCaseIsThereTwice() {
    assertThat(FaultMatrix.all()).extracting(FaultCase::fault).contains(Fault.values());
    assertThat(FaultMatrix.all()).extracting(FaultCase::name).doesNotHaveDuplicates();
  }

  @Test
  void aNameStandsForAllThatBeginSo() {
    assertThat(FaultMatrix.selected("KILL_MIGRATOR@COPY_DATA", false))
        .extracting(FaultCase::name)
        .containsExactly("KILL_MIGRATOR@COPY_DATA.before", "KILL_MIGRATOR@COPY_DATA.after");
    assertThat(FaultMatrix.selected("KILL_MIGRATOR", false)).hasSize(24);
    assertThat(FaultMatrix.selected("NETWORK_CUT_BRIEFLY, NO_RETURN", true)).hasSize(3);
    assertThat(FaultMatrix.selected("NETWORK_CUT", true))
        .as("and not for NETWORK_CUT_BRIEFLY")
        .hasSize(3);
  }

  @Test
  void aNameThatIsNoneIsRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> FaultMatrix.selected("KILL_MIGRATOR@LUNCH", false))
        .hasMessageContaining("KILL_MIGRATOR@LUNCH")
        .hasMessageContaining("KILL_MIGRATOR@COPY_DATA.before");
  }

  @Test
  void withoutANameItIsAFewOrAll() {
    assertThat(FaultMatrix.selected(null, false)).hasSizeBetween(4, 6);
    assertThat(FaultMatrix.selected("", true)).isEqualTo(FaultMatrix.all());
  }
}
