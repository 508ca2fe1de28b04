import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0005_academy_roles'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='person',
            name='person_roles_known',
        ),
        migrations.AlterField(
            model_name='invitation',
            name='roles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('administrator', 'administrator'), ('analyst', 'analyst'), ('reporter', 'reporter'), ('reader', 'reader'), ('secretary', 'secretary'), ('dpo', 'data-protection officer'), ('integrator', 'integrator'), ('officer', 'capacity-building officer'), ('assessor', 'assessor'), ('trainer', 'trainer'), ('examiner', 'examiner'), ('treasurer', 'treasurer'), ('board', 'board member')]), default=list, size=None),
        ),
        migrations.AlterField(
            model_name='person',
            name='roles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('administrator', 'administrator'), ('analyst', 'analyst'), ('reporter', 'reporter'), ('reader', 'reader'), ('secretary', 'secretary'), ('dpo', 'data-protection officer'), ('integrator', 'integrator'), ('officer', 'capacity-building officer'), ('assessor', 'assessor'), ('trainer', 'trainer'), ('examiner', 'examiner'), ('treasurer', 'treasurer'), ('board', 'board member')]), default=list, size=None),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('roles__contained_by', ['administrator', 'analyst', 'reporter', 'reader', 'secretary', 'dpo', 'integrator', 'officer', 'assessor', 'trainer', 'examiner', 'treasurer', 'board'])), name='person_roles_known'),
        ),
    ]
