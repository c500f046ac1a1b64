package io.migrationmonkey.monitor.restart;

import io.migrationmonkey.contract.ApplicationReport.State;
import io.migrationmonkey.contract.LeaseKey;
import io.migrationmonkey.contract.ServerName;
import org.jspecify.annotations.Nullable;

/** What Redis says about who may run the application, read in one script. */
sealed interface Standing {

  /**
   * Redis answered.
   *
   * @param active the server that the switch names; null while it says nothing
   * @param recorded the server that the record names; another one after a switch by hand
   * @param epoch of the record
   * @param byPerson whether a person set the switch, rather than a migration
   * @param lease who acts on the servers now; null when nobody does
   * @param held whether proxies let requests wait
   * @param paused whether nothing may happen by itself
   * @param unfinished whether a migration has begun and not ended
   * @param fenced whether the migrator will stop the application here before anything else
   * @param other how the application is on the other server, as its Restart Monkey says
   */
  record Said(
      @Nullable ServerName active,
      @Nullable ServerName recorded,
      long epoch,
      boolean byPerson,
      @Nullable String lease,
      boolean held,
      boolean paused,
      boolean unfinished,
      boolean fenced,
      State other)
      implements Standing {

    /** Who acts on the servers now and would not give way. */
    @Nullable String busy() {
      return lease == null || lease.startsWith(LeaseKey.WARM) ? null : lease;
    }

    /** True while nobody acts and nobody has forbidden to act. */
    boolean quiet() {
      return active != null && active == recorded && busy() == null && !held && !paused;
    }
  }

  /** Redis does not answer. */
  record Away() implements Standing {}
}
