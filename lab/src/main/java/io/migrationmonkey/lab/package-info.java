@NullMarked
package io.migrationmonkey.lab;

import org.jspecify.annotations.NullMarked;
