/** REST. */
@NullMarked
package io.migrationmonkey.migrator.web;

import org.jspecify.annotations.NullMarked;
