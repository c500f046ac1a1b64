/**
 * Restart Monkey: keeps the application running where the record says that it is active, and not
 * running where it stands by. {@code RestartRule} decides (pure); the rest looks and acts.
 */
@NullMarked
package io.migrationmonkey.monitor.restart;

import org.jspecify.annotations.NullMarked;
