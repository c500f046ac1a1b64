package io.migrationmonkey.lab.faults;

import java.time.Duration;

/** What breaks. Each entry says how to break it and how it gets well again. */
enum Fault {
  KILL_MIGRATOR(
      "the migrator is killed (SIGKILL); it is started again at once", Site::killMigrator),

  MIGRATOR_GONE(
      "one of two migrators is killed and does not return",
      Site::startSecondMigrator,
      Site::killMigratorForGood,
      Site::startMigrator,
      Heal.AT_THE_END),

  LEASE_TAKEN(
      "another takes the lease, with a newer token, and leaves it to run out", Site::takeLease),

  SSHD_KILLED_SOURCE(
      "sshd and its sessions are killed on the source; systemd starts it again",
      site -> site.killSshd(site.from())),

  SSHD_KILLED_STANDBY(
      "sshd and its sessions are killed on the standby; systemd starts it again",
      site -> site.killSshd(site.to())),

  SSHD_DOWN_SOURCE(
      "sshd on the source is down for 15 s",
      Act.NOTHING,
      site -> site.stopSshd(site.from()),
      site -> site.startSshd(site.from()),
      Duration.ofSeconds(15)),

  SSHD_DOWN_STANDBY(
      "sshd on the standby is down for 15 s",
      Act.NOTHING,
      site -> site.stopSshd(site.to()),
      site -> site.startSshd(site.to()),
      Duration.ofSeconds(15)),

  NETWORK_CUT(
      "no packet passes between the two servers until the migration has ended",
      Act.NOTHING,
      Site::cutNetwork,
      Site::mendNetwork,
      Heal.AT_THE_END),

  NETWORK_CUT_BRIEFLY(
      "no packet passes between the two servers for 5 s",
      Act.NOTHING,
      Site::cutNetwork,
      Site::mendNetwork,
      Duration.ofSeconds(5)),

  DISK_FULL_PACKAGES(
      "no room for packages on the standby",
      Site::removePackages,
      Site::fillPackageCache,
      Site::unmount,
      Heal.AT_THE_END),

  DISK_FULL_DATA(
      "the standby's disk with the data gets full",
      Site::smallDiskForData,
      Site::fillDataDisk,
      Site::unmount,
      Heal.AT_THE_END),

  APPLICATION_STARTS_NOT(
      "the application can't start on the standby: its port is taken",
      Act.NOTHING,
      Site::takePort,
      Site::freePort,
      Heal.AT_THE_END),

  APPLICATION_ANSWERS_NOT(
      "the application starts on the standby and does not answer",
      Act.NOTHING,
      Site::hangApplication,
      Site::unhangApplication,
      Heal.AT_THE_END),

  REDIS_KILLED("Redis is killed (SIGKILL); it is started again at once", Site::killRedis),

  REDIS_EMPTIED(
      "Redis loses everything (FLUSHALL); a person restores the switch after 8 s",
      Act.NOTHING,
      Site::emptyRedis,
      Site::restoreSwitch,
      Duration.ofSeconds(8)),

  NO_RETURN(
      "the source does not return from its reboot until long after",
      Site::letSourceStayDown,
      Act.NOTHING,
      Site::startSource,
      Heal.AT_THE_END);

  /** Something done to the stack. */
  interface Act {
    Act NOTHING = site -> {};

    void on(Site site) throws Exception;
  }

  /** When it gets well again. */
  private static final class Heal {
    /** The migration's. */
    static final Duration AT_THE_END = Duration.ofDays(1);
  }

  private final String words;
  private final Act prepare;
  private final Act inject;
  private final Act heal;
  private final Duration healAfter;

  Fault(String words, Act inject) {
    this(words, Act.NOTHING, inject, Act.NOTHING, Duration.ZERO);
  }

  Fault(String words, Act prepare, Act inject, Act heal, Duration healAfter) {
    this.words = words;
    this.prepare = prepare;
    this.inject = inject;
    this.heal = heal;
    this.healAfter = healAfter;
  }

  String words() {
    return words;
  }

  /** Before the migration is ordered. */
  Act prepare() {
    return prepare;
  }

  Act inject() {
    return inject;
  }

  Act heal() {
    return heal;
  }

  /** So long after it was injected, or when the migration has ended if that is earlier. */
  Duration healAfter() {
    return healAfter;
  }

  /** What a person has to look at cannot be settled by the migrator alone. */
  boolean mayAskForHelp() {
    return this == NO_RETURN || this == REDIS_EMPTIED;
  }
}
