// Recognises the beginnings of TLS that Skype put before its own stream.
#pragma once

#include "classify/classifier.hpp"

namespace deadair::classifiers::skype {

// What the head of a stream shows.
struct Disguise {
  const classify::SignalInfo* signal = nullptr;
  bool certain = false;
  bool may_follow = false;  // the bytes so far are the beginning of one
};

Disguise read_disguise(const classify::StreamHead& head);

}  // namespace deadair::classifiers::skype
