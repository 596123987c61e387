// Turns datagrams of WhatsApp's calls into claims.
#pragma once

#include "classify/classifier.hpp"

namespace deadair::classifiers::whatsapp {

// Looks at one datagram; the answer is the classifier's.
classify::Answer on_call_datagram(const classify::FlowFacts& flow,
                                  const classify::Datagram& datagram, classify::Claims& claims);

}  // namespace deadair::classifiers::whatsapp
