package io.migrationmonkey.migrator.web;

import io.migrationmonkey.migrator.doctor.Diagnosis;
import io.migrationmonkey.migrator.doctor.Doctor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What is missing on either server, and the remedy. */
@RestController
class DoctorController {

  private final Doctor doctor;

  DoctorController(Doctor doctor) {
    this.doctor = doctor;
  }

  @GetMapping("/api/doctor")
  Diagnosis examine() {
    return doctor.examine();
  }
}
