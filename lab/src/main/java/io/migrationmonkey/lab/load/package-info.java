/**
 * The people who use the application: readers, writers, and a ledger of what they were promised.
 */
@NullMarked
package io.migrationmonkey.lab.load;

import org.jspecify.annotations.NullMarked;
