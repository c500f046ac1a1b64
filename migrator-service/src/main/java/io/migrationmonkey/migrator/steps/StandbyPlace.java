package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.Accounts;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.application.Ownership;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** The place for the data on the standby: free for us, with the accounts that own the data. */
@Component
class StandbyPlace {

  private final ApplicationSettings application;
  private final DataSettings data;

  StandbyPlace(ApplicationSettings application, DataSettings data) {
    this.application = application;
    this.data = data;
  }

  /** Why the data cannot be put there. Changes nothing. */
  List<String> complaints(MigrationRun run) {
    Accounts accounts = accounts(run);
    List<String> complaints =
        new ArrayList<>(
            accounts.clashes(
                run.standby().run(new Accounts.Find(accounts)),
                run.source().name().toString(),
                run.standby().name().toString()));
    List<String> strangers =
        data.data().isEmpty()
            ? List.of()
            : run.standby().run(new Ownership.Strangers(data.dataSet()));
    if (!strangers.isEmpty()) {
      complaints.add(
          "%s holds files that Migration Monkey has not put there and would overwrite or remove, such as %s: move them away, or if they may go, add the path of monkey.application.data that they lie under as a line to %s there"
              .formatted(run.standby().name(), strangers, Ownership.MARK));
    }
    return complaints;
  }

  /**
   * Claims the paths and makes the accounts. Before packages are installed: those bring files to
   * the same paths, and would give the same users other ids.
   */
  void prepare(MigrationRun run) {
    if (!data.data().isEmpty()) {
      run.standby().run(Ownership.claim(data.data()));
      // The active server's data is the application's; it stays so when the roles are swapped.
      run.source().run(Ownership.claim(data.data()));
    }
    run.standby().run(accounts(run).create());
  }

  private Accounts accounts(MigrationRun run) {
    return run.source().run(new Accounts.Read(data.data(), application.services()));
  }
}
