// The smallest use of the component in Go, from the SDK that `pulumi package add` generates out of the plugin.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	mtlsappgateway "example.com/pulumi-mtls-app-gateway/sdk/go/mtls-app-gateway"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		mode := mtlsappgateway.ModePassthrough
		gateway, err := mtlsappgateway.NewMtlsAppGateway(ctx, "edge", &mtlsappgateway.MtlsAppGatewayArgs{
			ResourceGroupName: pulumi.String("contoso-edge"),
			Mode:              &mode,
			ListenerCertificates: []mtlsappgateway.ListenerCertificateArgs{{
				Pfx:      settings.RequireSecret("listenerPfx"),
				Password: settings.RequireSecret("listenerPassword"),
			}},
			Backends: []mtlsappgateway.BackendArgs{{
				Fqdns: pulumi.ToStringArray([]string{"app.internal.example.com"}),
			}},
		})
		if err != nil {
			return err
		}
		ctx.Export("url", gateway.Url)
		ctx.Export("modes", gateway.Modes)
		return nil
	})
}
