// Finds hellos that look like TLS and that no implementation of TLS can have sent.
#pragma once

#include "bytes/byte_view.hpp"
#include "classify/classifier.hpp"

namespace deadair::classifiers::obfuscated {

struct HelloVerdict {
  bool hello = false;                            // the bytes begin, or may begin, such a hello
  bool complete = false;                         // enough of it is there to judge
  const classify::SignalInfo* signal = nullptr;  // why it is an imitation; null: it is none
};

// Either takes a stream from its first byte on.
HelloVerdict judge_client_hello(ByteView up);
HelloVerdict judge_server_hello(ByteView down);

}  // namespace deadair::classifiers::obfuscated
