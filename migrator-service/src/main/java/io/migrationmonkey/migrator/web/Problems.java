package io.migrationmonkey.migrator.web;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.steps.OrderRefused;
import io.migrationmonkey.migrator.switching.FlipRefused;
import io.migrationmonkey.migrator.switching.SwitchUnknown;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;

/** Turns every failure into a problem detail (RFC 9457) that says what to do. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

  @ExceptionHandler
  ProblemDetail refused(OrderRefused refused) {
    return ProblemDetail.forStatusAndDetail(
        HttpStatus.valueOf(refused.why().status()), String.valueOf(refused.getMessage()));
  }

  @ExceptionHandler
  ProblemDetail flipRefused(FlipRefused refused) {
    return ProblemDetail.forStatusAndDetail(
        HttpStatus.CONFLICT, String.valueOf(refused.getMessage()));
  }

  @ExceptionHandler
  ProblemDetail switchUnknown(SwitchUnknown unknown) {
    return ProblemDetail.forStatusAndDetail(
        HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(unknown.getMessage()));
  }

  @ExceptionHandler
  ProblemDetail redisAway(DataAccessException away) {
    return ProblemDetail.forStatusAndDetail(
        HttpStatus.SERVICE_UNAVAILABLE,
        "Redis does not answer. Traffic flows on as it did, but no migration can start: see that"
            + " Redis runs, then try again.");
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException unreadable,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    ProblemDetail problem =
        isUnknownServer(unreadable.getCause())
            ? ProblemDetail.forStatusAndDetail(
                HttpStatus.NOT_FOUND, "no such server: 'from' is 'production' or 'backup'")
            : ProblemDetail.forStatusAndDetail(
                HttpStatus.BAD_REQUEST,
                "the body is not an order: %s. It should be like {\"reason\": \"kernel update\"}"
                    .formatted(what(unreadable)));
    return handleExceptionInternal(
        unreadable, problem, headers, HttpStatusCode.valueOf(problem.getStatus()), request);
  }

  private static boolean isUnknownServer(@Nullable Throwable cause) {
    return cause instanceof ValueInstantiationException e
        && e.getType() != null
        && e.getType().getRawClass() == ServerName.class;
  }

  private static String what(HttpMessageNotReadableException unreadable) {
    return switch (unreadable.getCause()) {
      case MismatchedInputException e when !e.getPath().isEmpty() ->
          "'%s' has the wrong type or an unknown value"
              .formatted(e.getPath().getFirst().getPropertyName());
      case DatabindException e -> e.getOriginalMessage();
      case tools.jackson.core.JacksonException e -> "not JSON";
      case null, default -> "it is missing or not JSON";
    };
  }
}
