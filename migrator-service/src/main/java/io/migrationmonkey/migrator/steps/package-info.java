/** The twelve steps of a migration, one class each, and the loop that takes them in order. */
@NullMarked
package io.migrationmonkey.migrator.steps;

import org.jspecify.annotations.NullMarked;
