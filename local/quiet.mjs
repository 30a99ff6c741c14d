// The SDK warns on Node 20 at each start; what runs in AWS is newer, and we say ourselves which Node we need.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
