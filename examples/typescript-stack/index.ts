// The gateway verifies the certificates of partners (Strict); the app verifies those of its own users (Passthrough).
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "fs";
import { MtlsAppGateway } from "@pulumi/mtls-app-gateway";

const config = new pulumi.Config();

const gateway = new MtlsAppGateway("edge", {
    resourceGroupName: config.require("resourceGroupName"),
    mode: "Passthrough",
    profiles: [{
        name: "partners",
        mode: "Strict",
        strict: { trustedCaChains: [{ name: "partners", data: readFileSync("partners.pem", "utf8") }] },
    }],
    listenerCertificates: [{
        pfx: config.requireSecret("listenerPfx"),
        password: config.requireSecret("listenerPassword"),
    }],
    listeners: [
        { name: "app", hostNames: ["app.example.com"] },
        { name: "partners", port: 8443, hostNames: ["partners.example.com"], profile: "partners" },
    ],
    backends: [{ name: "app", fqdns: ["app.internal.example.com"], probe: { path: "/health" } }],
    routes: [
        { name: "app", listener: "app", backend: "app", priority: 10 },
        { name: "partners", listener: "partners", backend: "app", priority: 20 },
    ],
});

export const url = gateway.url;
export const modes = gateway.modes;
export const nearestCaExpiry = gateway.nearestCaExpiry;
