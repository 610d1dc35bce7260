#pragma once

#include <napi.h>

#include <memory>
#include <string>

#include "watch/causes_addon.h"

namespace puntbench {

// What every set of BPF programs has as an object of JavaScript: the processes it looks at, and its end.
template <class Derived, class Programs>
class ProgramsObject : public Napi::ObjectWrap<Derived> {
 public:
  explicit ProgramsObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Derived>(info) {}

  Napi::Value add(const Napi::CallbackInfo& info) {
    const int error = open(info.Env()).add(info[0].As<Napi::Number>().Uint32Value());
    if (error != 0) throw to_error(info.Env(), error, "watching one more process");
    return info.Env().Undefined();
  }

  // A process that is not watched is no error: it may have ended.
  Napi::Value remove(const Napi::CallbackInfo& info) {
    open(info.Env()).remove(info[0].As<Napi::Number>().Uint32Value());
    return info.Env().Undefined();
  }

  Napi::Value close(const Napi::CallbackInfo& info) {
    programs_.reset();
    return info.Env().Undefined();
  }

 protected:
  template <class Options>
  void load(Napi::Env env, const Options& options) {
    auto programs = std::make_unique<Programs>();
    std::string message;
    if (const int error = programs->open(options, message)) {
      throw to_error(env, error, message.empty() ? "loading the BPF programs" : message);
    }
    programs_ = std::move(programs);
  }

  Programs& open(Napi::Env env) {
    if (!programs_) throw Napi::Error::New(env, "the programs are closed");
    return *programs_;
  }

 private:
  std::unique_ptr<Programs> programs_;
};

}  // namespace puntbench
