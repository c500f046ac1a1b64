/** Says what is missing on either server before a migration finds it out. */
@NullMarked
package io.migrationmonkey.migrator.doctor;

import org.jspecify.annotations.NullMarked;
