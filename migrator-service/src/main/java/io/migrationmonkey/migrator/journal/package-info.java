/** What happened: the journal of each migration, in Redis, and what can be read from it. */
@NullMarked
package io.migrationmonkey.migrator.journal;

import org.jspecify.annotations.NullMarked;
