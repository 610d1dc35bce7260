#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace puntbench {

template <class T>
using Named = std::pair<std::string_view, T>;

// The value of this name; empty for an unknown one.
template <class T, size_t size>
std::optional<T> value_named(std::string_view name, const Named<T> (&values)[size]) {
  for (const auto& [known, value] : values) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace puntbench
