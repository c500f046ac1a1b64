package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.packages.PackageSettings.DifferingFiles;
import io.migrationmonkey.migrator.packages.PortableFile.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which files go along with the packages.
 *
 * @param bring what the standby lacks
 * @param update what it has otherwise, without anyone having changed it there
 * @param kept what somebody changed there: it stays
 * @param left what belongs to the machine: it stays
 * @param same what is the same already
 * @param localSources repositories on the active server's own disks: they cannot come along
 */
record FilePlan(
    List<PortableFile> bring,
    List<PortableFile> update,
    List<PortableFile> kept,
    List<PortableFile> left,
    List<PortableFile> same,
    List<String> localSources) {

  static final FilePlan NOTHING =
      new FilePlan(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  static FilePlan between(ActiveFiles active, StandbyFiles standby, PackageSettings settings) {
    FilePlan plan =
        new FilePlan(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            active.localSources());
    Predicate<String> isOfTheMachine = Globs.anyOf(settings.leaveFiles());
    Predicate<String> isLeftOut = Globs.anyOf(settings.leaveOut());
    for (PortableFile file : active.files()) {
      String there = standby.sha256().get(file.path());
      boolean agreedUpon = there != null && there.equals(standby.agreed().get(file.path()));
      if (file.sha256().equals(there)) {
        plan.same.add(file);
      } else if (!file.changed() && !agreedUpon) {
        // Another version of its package, and nobody's work.
        continue;
      } else if (isOfTheMachine.test(file.path()) || isLeftOut.test(file.owner())) {
        plan.left.add(file);
      } else if (there == null) {
        plan.bring.add(file);
      } else if (agreedUpon
          || standby.original().contains(file.path())
          || settings.differingFiles() == DifferingFiles.REPLACE) {
        plan.update.add(file);
      } else {
        plan.kept.add(file);
      }
    }
    return plan;
  }

  /** What apt needs before it is asked for anything. */
  List<PortableFile> beforeTheInstallation() {
    return sent().filter(file -> file.kind() != Kind.CONFFILE).toList();
  }

  /** What packages must be there for. */
  List<PortableFile> afterTheInstallation() {
    return sent().filter(file -> file.kind() == Kind.CONFFILE).toList();
  }

  /** What is the same on both servers once all is done, and not by a package's doing. */
  List<PortableFile> agreed() {
    return Stream.concat(sent(), same.stream()).filter(PortableFile::changed).toList();
  }

  private Stream<PortableFile> sent() {
    return Stream.concat(bring.stream(), update.stream());
  }
}
