/** What the application consists of, and the remote commands that stop, move and start it. */
@NullMarked
package io.migrationmonkey.migrator.application;

import org.jspecify.annotations.NullMarked;
