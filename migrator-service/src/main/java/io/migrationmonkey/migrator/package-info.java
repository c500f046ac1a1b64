@NullMarked
package io.migrationmonkey.migrator;

import org.jspecify.annotations.NullMarked;
