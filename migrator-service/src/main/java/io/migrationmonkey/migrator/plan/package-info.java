/**
 * What comes next: pure decisions about one migration. Knows no Spring, no clock and no network.
 */
@NullMarked
package io.migrationmonkey.migrator.plan;

import org.jspecify.annotations.NullMarked;
