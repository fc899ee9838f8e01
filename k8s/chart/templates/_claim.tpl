{{/* A volume claim of a StatefulSet, called data. ({ size, storageClass }) */}}
{{- define "outerpark.claim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec:
  accessModes: [ReadWriteOnce]
  {{- with .storageClass }}
  storageClassName: {{ . }}
  {{- end }}
  resources: { requests: { storage: {{ .size }} } }
{{- end }}
