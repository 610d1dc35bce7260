#pragma once

#include "file_descriptor.h"
#include "status.h"

namespace puntbench {

// Opens the root of tracefs without changing the system: an existing mount where there is one, else a
// detached mount (fsopen, fsmount) that has no mount point and ends with the descriptor.
// Needs root for either. Returns -EPERM or -EACCES in `status` without the right.
FileDescriptor open_tracefs(Status& status);

}  // namespace puntbench
