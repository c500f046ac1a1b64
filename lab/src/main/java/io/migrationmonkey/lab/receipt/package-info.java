/** What the demonstration found out, and which promises it broke. */
@NullMarked
package io.migrationmonkey.lab.receipt;

import org.jspecify.annotations.NullMarked;
