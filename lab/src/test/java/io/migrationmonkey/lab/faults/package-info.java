/** What is broken at which moment of a migration, and what became of it. */
@NullMarked
package io.migrationmonkey.lab.faults;

import org.jspecify.annotations.NullMarked;
