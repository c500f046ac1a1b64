/** Who may look and who may act: tokens, for the REST of every service. */
@NullMarked
package io.migrationmonkey.access;

import org.jspecify.annotations.NullMarked;
