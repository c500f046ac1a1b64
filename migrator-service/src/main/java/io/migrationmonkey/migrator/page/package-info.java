/**
 * The page for people, at {@code /}: server-side HTML from the same classes that REST answers from.
 * What it shows is put together by pure functions of one {@link
 * io.migrationmonkey.migrator.page.Snapshot}.
 */
@NullMarked
package io.migrationmonkey.migrator.page;

import org.jspecify.annotations.NullMarked;
