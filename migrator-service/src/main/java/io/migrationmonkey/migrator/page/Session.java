package io.migrationmonkey.migrator.page;

import io.migrationmonkey.access.Caller;
import io.migrationmonkey.access.Role;

/**
 * Who looks at the page, as his token says now.
 *
 * @param csrf what each form must send back
 * @param key by which the session can be looked up again; not what the cookie holds
 */
record Session(Caller caller, Secret csrf, String key) {

  boolean operates() {
    return caller.role() == Role.OPERATING;
  }
}
