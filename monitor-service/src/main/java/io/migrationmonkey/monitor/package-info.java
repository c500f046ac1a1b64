@NullMarked
package io.migrationmonkey.monitor;

import org.jspecify.annotations.NullMarked;
