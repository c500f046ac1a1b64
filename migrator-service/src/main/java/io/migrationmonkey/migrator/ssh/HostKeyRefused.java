package io.migrationmonkey.migrator.ssh;

import io.migrationmonkey.contract.ServerName;

/** The server that answered could not show a pinned host key. Nothing was sent to it. */
public final class HostKeyRefused extends SshFailure {

  private final boolean changed;

  public HostKeyRefused(ServerName server, boolean changed) {
    this(
        server,
        changed,
        changed ? "shows another host key than the pinned one" : "has no pinned host key");
  }

  HostKeyRefused(ServerName server, boolean changed, String problem) {
    super(server, server + " " + problem, null);
    this.changed = changed;
  }

  /** Whether a key is pinned for this server and another one came; otherwise none is pinned. */
  public boolean changed() {
    return changed;
  }
}
