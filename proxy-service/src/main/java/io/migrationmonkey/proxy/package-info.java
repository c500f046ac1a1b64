@NullMarked
package io.migrationmonkey.proxy;

import org.jspecify.annotations.NullMarked;
