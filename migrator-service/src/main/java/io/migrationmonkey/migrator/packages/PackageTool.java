package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.RemoteServer;
import java.util.function.Consumer;

/**
 * One family of package tools. There is apt; dnf and apk would be others, with their own spelling
 * of versions and marks.
 */
interface PackageTool {

  /** Reads both servers and compares them. Changes neither. */
  PackagePlan plan(RemoteServer active, RemoteServer standby);

  /** Brings what the packages need and asks whether they can be installed. Installs nothing. */
  InstallOrder check(
      PackagePlan plan, RemoteServer active, RemoteServer standby, Consumer<String> progress);

  /** Installs them, and returns how many. */
  int install(
      InstallOrder order, RemoteServer active, RemoteServer standby, Consumer<String> progress);
}
