#pragma once

#include <cerrno>
#include <new>
#include <system_error>

#include "base/status.h"

namespace puntbench {

// What a thread can throw does not leave it: too little memory, or too many threads.
template <class Work>
Status caught(Work work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return {-ENOMEM, "allocate"};
  } catch (const std::system_error& error) {
    return {-error.code().value(), "pthread_create"};
  }
}

}  // namespace puntbench
