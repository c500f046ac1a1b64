package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.Event;
import io.migrationmonkey.migrator.journal.Events;
import io.migrationmonkey.migrator.switching.Pause;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Pauses and resumes for a person, and tells of it. */
@Service
public class Pausing {

  private final Pause pause;
  private final Events events;

  Pausing(Pause pause, Events events) {
    this.pause = pause;
    this.events = events;
  }

  public Optional<Pause.Standing> standing() {
    return pause.standing();
  }

  /**
   * From now on nothing moves by itself.
   *
   * @throws OrderRefused where the words are wrong
   */
  public Pause.Standing pause(@Nullable String by, @Nullable String reason) {
    String why = Words.reason(reason, "nothing should move by itself");
    Pause.Standing standing = pause.set(Words.by(by, "a person"), why);
    events.tell(standing.by(), Event.What.PAUSED, why);
    return standing;
  }

  public void resume(@Nullable String by) {
    String who = Words.by(by, "a person");
    pause
        .lift()
        .ifPresent(stood ->
            events.tell(who, Event.What.RESUMED, "the pause for '%s'".formatted(stood.reason())));
  }
}
